#!/usr/bin/env python3
"""The house's style as a test: layering, sizes, names, and what may not be in the tree.

usage: check.py ROOT [--no-format]
"""

import os
import re
import subprocess
import sys

TOP_FOLDERS = {"actors", "runtime", "http", "storage", "config", "tests"}
TOP_FILES = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE"}
MOST_LINES = 450
MOST_FUNCTION_LINES = 80
MOST_COLUMNS = 120

# What no other text of the product holds.
SQL_TEXT = re.compile(r"\b(SELECT .+ FROM|INSERT (OR \w+ )?INTO|DELETE FROM|UPDATE \w+ SET|CREATE (TABLE|INDEX)|PRAGMA) ?\b")
JSON = r'[<"]nlohmann/'
CAF = r'[<"]caf/'
SQL = r'[<"](sqlite3\.h|storage/(sqlite|postgres)/)'
# Folder -> what its files may not include, and why.
FORBIDDEN_INCLUDES = {
    "actors": [
        (r'"(runtime|http|storage|config|tests)/', "actors depend on nothing"),
        (r"<(thread|mutex|shared_mutex|condition_variable|future|atomic|fstream|iostream|filesystem|semaphore|latch)>",
         "entities know no threads, locks or files"),
        (r"<(sys/|netinet/|arpa/|unistd\.h|pthread\.h|sqlite3\.h|sodium|openssl/|png\.h|civetweb)", "standard C++ only"),
        (JSON, "standard C++ only"), (CAF, "only runtime/ knows CAF")],
    "storage": [(r'"(runtime|http|config|tests)/', "storage depends on actors alone"), (CAF, "only runtime/ knows CAF"),
                (JSON, "JSON belongs to http/json")],
    "runtime": [(r'"(http|config|tests)/', "runtime depends on actors and storage alone"),
                (JSON, "JSON belongs to http/json"), (SQL, "SQL belongs to storage")],
    "http": [(r'"(config|tests)/', "http does not know config"), (CAF, "only runtime/ knows CAF"),
             (SQL, "SQL belongs to storage")],
    "config": [(r'"tests/', "the product does not know its tests"), (CAF, "only runtime/ knows CAF"),
               (SQL, "SQL belongs to storage")],
}
# None of them includes CAF.
RUNTIME_FOR_HTTP = ["runtime/door.hpp", "runtime/open_question.hpp", "runtime/provider.hpp", "runtime/spans.hpp", "runtime/cluster/actions.hpp",
                    "runtime/cluster/options.hpp", "runtime/cluster/orders.hpp"]
# Clocks and randomness come in with the context.
ACTOR_WORDS = re.compile(r"(_clock::now|\bstd::rand\b|\brandom_device\b|\btime\(nullptr\)|\bgetenv\b)")
NAMES = "manager util utils helper helpers common misc base impl".split()
NAME_IN_CODE = re.compile(r"\b(?:class|struct|namespace)\s+(\w*(?:Manager|Util|Utils|Helper|Common|Misc|Impl))\b")
UNFINISHED = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bX" + r"XX\b"]))
MACHINE_PATHS = re.compile("|".join([r"(?<![\w.])/wo" + r"rk/", r"/ho" + r"me/\w", r"\.\./sha" + r"red"]))
# A thread that is started otherwise may end the process without a word.
STARTS_A_THREAD = re.compile(r"\bstd::(thread\b(?!::)|jthread\b|async\b)|\bpthread_create\b|\bthrd_create\b")
ONLY_STARTER = "storage/worker/worker."
CODE = (".cpp", ".hpp")
TEXTS = CODE + (".md", ".txt", ".py", ".sh", ".json", ".toml", ".scenario", ".part", "run", "install")
NOT_A_FUNCTION = re.compile(r"^(namespace|struct|class|enum|union|extern|constexpr|const|inline constexpr|static|TEST_|#|//)")


def files_of(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    if listed.returncode == 0:
        return sorted(f for f in set(listed.stdout.splitlines()) if os.path.isfile(os.path.join(root, f)))
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in ("build", "data", ".git")]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def check_layout(files, faults):
    for path in files:
        top = path.split("/")[0]
        if top.startswith("."):
            continue
        if "/" in path and top not in TOP_FOLDERS:
            faults.append(f"{path}: the top level has no folder {top}/")
        elif "/" not in path and path not in TOP_FILES:
            faults.append(f"{path}: the top level has no such file")
        for part in re.split(r"[/_.]", path.lower()):
            if part in NAMES:
                faults.append(f"{path}: `{part}` says nothing about the job")
    for folder in sorted(TOP_FOLDERS):
        if f"{folder}/README.md" not in files:
            faults.append(f"{folder}/: has no README.md")


def check_includes(path, number, line, faults):
    if not line.startswith("#include"):
        return
    if re.match(r'#include "\.\.?/', line):
        faults.append(f"{path}:{number}: includes start at the root of the tree")
    for pattern, why in FORBIDDEN_INCLUDES.get(path.split("/")[0], []):
        if re.search(pattern, line):
            faults.append(f"{path}:{number}: {line.strip()}: {why}")
    if path.startswith("http/"):
        if re.search(JSON, line) and not path.startswith(("http/json/", "http/documents/", "http/server/health.cpp")):
            faults.append(f"{path}:{number}: only http/json, http/documents and what writes /health know nlohmann/json")
        runtime = re.match(r'#include "(runtime/.*)"', line)
        if runtime and runtime.group(1) not in RUNTIME_FOR_HTTP:
            faults.append(f"{path}:{number}: of the runtime http sees {', '.join(RUNTIME_FOR_HTTP)} alone")
    if path.endswith(".hpp") and not path.startswith("tests/") and re.search(r"[<\"](nlohmann/json\.|CLI/CLI|toml\+\+/toml|httplib)", line):
        faults.append(f"{path}:{number}: too heavy for a header")


def check_functions(path, lines, faults):
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and line.endswith("{") and line[0].isalpha() and not NOT_A_FUNCTION.match(line):
            start = number
        elif start is not None and line.startswith("}"):
            if number - start + 1 > MOST_FUNCTION_LINES:
                faults.append(f"{path}:{start}: a function of {number - start + 1} lines, more than {MOST_FUNCTION_LINES}")
            start = None


def check_code(path, lines, faults):
    if len(lines) > MOST_LINES:
        faults.append(f"{path}: {len(lines)} lines, more than {MOST_LINES}")
    if path.endswith(".hpp") and "#pragma once" not in lines[:5]:
        faults.append(f"{path}: has no #pragma once at its head")
    for number, line in enumerate(lines, 1):
        check_includes(path, number, line, faults)
        if line.startswith("#include") and line in lines[: number - 1]:
            faults.append(f"{path}:{number}: {line.strip()}: twice")
        if len(line) > MOST_COLUMNS and "http" not in line and "#include" not in line:
            faults.append(f"{path}:{number}: {len(line)} columns, more than {MOST_COLUMNS}")
        named = NAME_IN_CODE.search(line)
        if named:
            faults.append(f"{path}:{number}: `{named.group(1)}` says nothing about the job")
        if "using namespace std;" in line:
            faults.append(f"{path}:{number}: using namespace std")
        if not path.startswith(("storage/", "tests/")) and SQL_TEXT.search(line):
            faults.append(f"{path}:{number}: SQL belongs to storage")
        if not path.startswith(("tests/", ONLY_STARTER)) and STARTS_A_THREAD.search(line.split("//")[0]):
            faults.append(f"{path}:{number}: a thread is started by storage/worker/worker.hpp alone")
        if path.startswith("actors/") and ACTOR_WORDS.search(line):
            faults.append(f"{path}:{number}: time and randomness come in with the context")
    if path.endswith(".cpp") and not path.startswith("tests/"):
        check_functions(path, lines, faults)


BINDING = re.compile(r"\bauto(?:&&?)? ?\[(\w+(?:, \w+)*)\]")
# doctest puts what such a macro is told into a lambda.
CAPTURES = re.compile(r"\b(?:CAPTURE|INFO|(?:CHECK|REQUIRE|WARN)(?:_FALSE)?_MESSAGE)\(|\[[&=][^\]]*\] ?[({]")


def after_first(arguments):
    """What follows the first of some arguments: a check itself stands outside of its message's lambda."""
    depth = 0
    for at, letter in enumerate(arguments):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            return arguments[at:]
    return ""


def check_bindings(path, lines, faults):
    """Lambdas use no name of a structured binding: the compiler of the sanitizer builds refuses that, long after the
    release build has passed. Blocks are told by their indentation, which clang-format keeps."""
    indents = [len(line) - len(line.lstrip()) if line.strip() else None for line in lines]

    def block(first, least):
        end = first + 1
        while end < len(lines) and (indents[end] is None or indents[end] >= least):
            end += 1
        return range(first, end)

    for number, line in enumerate(lines):
        for found in BINDING.finditer(line):
            opens = re.match(r" *(\} else )?(for|if|while|switch) ", line)
            name = re.compile(r"(?<![\w.>&:\"])(?:%s)\b(?!\")" % "|".join(found.group(1).split(", ")))
            for each in block(number, indents[number] + (1 if opens else 0)):
                taken = CAPTURES.search(lines[each], found.end() if each == number else 0)
                if not taken:
                    continue
                said = [lines[each][taken.end():].split("//")[0]]
                if each != number:
                    said += [lines[n].split("//")[0] for n in block(each, indents[each] + 1)][1:]
                said = re.sub(r'"(?:[^"\\]|\\.)*"', '""', "\n".join(said))
                if used := name.search(after_first(said) if "_MESSAGE" in taken.group(0) else said):
                    faults.append(f"{path}:{each + 1}: a lambda uses {used.group(0)}, which a structured binding names")


NAMESPACE = re.compile(r"^namespace ([a-z0-9_:]+) \{$")
NAMESPACE_END = re.compile(r"^\}  // namespace ([a-z0-9_:]+)$")
DECLARED = re.compile(r"^(?:struct|class|enum class) ([A-Z]\w*)\b[^;]*$")


def check_test_names(path, lines, faults):
    """Names of a test file stand in a namespace with the file's name: the files of a folder are compiled together, and
    many of them use the same names, such as `ann`."""
    has_tests = any(line.startswith("TEST_CASE(") for line in lines)
    if has_tests and not any(NAMESPACE.match(line) for line in lines):
        name = os.path.basename(path)[:-len(".cpp")]
        faults.append(f"{path}: its tests stand in a namespace of their own, `namespace {name} {{`")


def check_names(path, lines, declared, faults):
    """No type is defined twice under one name in one namespace: the linker would keep one and break the other."""
    if not path.endswith(".hpp"):
        return
    within = []
    for number, line in enumerate(lines, 1):
        if found := NAMESPACE.match(line):
            within.append(found.group(1))
        elif NAMESPACE_END.match(line) and within:
            within.pop()
        elif within and (found := DECLARED.match(line)):
            name = "::".join(within + [found.group(1)])
            first = declared.setdefault(name, f"{path}:{number}")
            if first != f"{path}:{number}":
                faults.append(f"{path}:{number}: {name} is declared at {first} too")


def check_text(path, lines, faults):
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            faults.append(f"{path}:{number}: unfinished: {line.strip()[:80]}")
        if MACHINE_PATHS.search(line):
            faults.append(f"{path}:{number}: a path of one machine: {line.strip()[:80]}")


def check_codes(texts, faults):
    """A code of the table that nothing answers misleads who reads the contract."""
    table = "http/problem/codes.cpp"
    used = set()
    for path, lines in texts.items():
        if path.endswith(CODE) and path != table and not path.startswith("tests/"):
            used.update(re.findall(r'"(\w+)"', "\n".join(lines)))
    for code in re.findall(r'^ +\{"(\w+)", \d+,', "\n".join(texts.get(table, [])), re.MULTILINE):
        if code not in used:
            faults.append(f"{table}: nothing answers {code}: take its row out")


FIELD_ROW = re.compile(r"\b(?:field|spliced)<&(\w+)::(\w+)>\(")
STRUCT = re.compile(r"^ *struct (\w+) (?:: \w+ )?\{$")
TAKES = re.compile(r"\b(?:body|query)<(\w+)>")


def check_reads(texts, faults):
    """What a client may say, and what an entity keeps, is read somewhere. The name decides, whatever struct it belongs to.
    A field that is taken for the contract's sake alone says so where it is declared: `// unused: why`."""
    fields, types, where = {}, {}, {}
    code = {path: lines for path, lines in texts.items() if path.endswith(CODE) and not path.startswith("tests/")}
    inputs = set()
    for path, lines in code.items():
        struct = None
        inputs.update(TAKES.findall("\n".join(lines)))
        for number, line in enumerate(lines, 1):
            if line.startswith("}"):
                struct = None
            if found := STRUCT.match(line):
                struct = found.group(1)
                if re.fullmatch(r"actors/\w+/(commands|state)\.hpp", path):
                    inputs.add(struct)
            for owner, member in FIELD_ROW.findall(line):
                fields.setdefault(owner, set()).add(member)
            if path.endswith("/resources.hpp"):
                continue  # shown, not read
            if struct and line.startswith("  ") and "unused: " not in line:
                if declared := re.match(r"^ +([\w:<>, ]+?) (\w+)(?: = [^;]*|\{[^;]*\})?;", line):
                    types.setdefault(struct, set()).update(re.findall(r"[A-Z]\w+", declared.group(1)))
                    where[struct, declared.group(2)] = f"{path}:{number}"
    found = inputs & set(fields)
    inputs = set()
    while found:
        inputs |= found
        found = {each for struct in found for each in types.get(struct, ()) if each in fields} - inputs
    text = FIELD_ROW.sub("", "\n".join("\n".join(lines) for lines in code.values()))
    read = set(re.findall(r"(?:\.|->)(\w+)\b(?! *=[^=])", text)) | set(re.findall(r"&\w+::(\w+)", text))
    for struct in sorted(inputs):
        for member in sorted(fields[struct] - read):
            if (struct, member) in where:
                faults.append(f"{where[struct, member]}: nothing reads {struct}::{member}: `// unused: why`, or take it out")


def check_threads(texts, faults):
    """The table of threads names each that is started."""
    told = "\n".join(texts.get("storage/README.md", []))
    for path, lines in texts.items():
        if not path.endswith(CODE) or path.startswith("tests/"):
            continue
        for name in re.findall(r"start\(\s*\{\.name = \"([\w-]+)\"", "\n".join(lines)):
            if not re.search(rf"\b{re.escape(name)}\b", told):
                faults.append(f"{path}: the table of threads in storage/README.md lacks {name}")


NAMED_PATH = re.compile(r"(?<![\w./$}{-])((?:%s)/[\w./-]*\w)" % "|".join(sorted(TOP_FOLDERS)))
PROGRAM = re.compile(r"\bbuild/(?:debug|release|\w+)/tests/([\w/]+)")


def check_paths(texts, files, faults):
    """Paths of the tree that a text or a comment names exist, and programs stand where they are built."""
    there = set(files)
    for path in files:
        parts = path.split("/")
        there.update("/".join(parts[:n]) for n in range(1, len(parts)))
        there.add(os.path.splitext(path)[0])
    names = {os.path.basename(path) for path in files}
    for path, lines in texts.items():
        for number, line in enumerate(lines, 1):
            for name in re.findall(r"([\w-]+\.(?:[ch]pp|py))\b", line) if path.endswith(".md") else ():
                if name not in names and not re.match(r"[A-Z]{2,}", name):
                    faults.append(f"{path}:{number}: no file is called {name}")
            said = line if path.endswith(".md") else line[line.find("//"):] if path.endswith(CODE) and "//" in line else ""
            for program in PROGRAM.findall(said):
                folder = program.split("/")[0] if "/" in program else re.sub("_tests$", "", program)
                own = f"tests/{folder}/CMakeLists.txt" in there
                if f"tests/{folder}" not in there or own != ("/" in program):
                    faults.append(f"{path}:{number}: no build makes tests/{program}")
            for named in NAMED_PATH.findall(said):
                if named not in there and not re.search(r"\b[A-Z]{2,}", named):
                    faults.append(f"{path}:{number}: there is no {named}")


def check_format(root, files, faults):
    code = [f for f in files if f.endswith(CODE)]
    result = subprocess.run(["clang-format", "--dry-run", "-Werror"] + code, cwd=root, capture_output=True, text=True)
    bad = sorted({line.split(":")[0] for line in result.stderr.splitlines() if "-Wclang-format-violations" in line})
    faults.extend(f"{path}: run clang-format -i on it" for path in bad)


def main():
    root = sys.argv[1]
    files = files_of(root)
    faults = []
    declared, texts = {}, {}
    check_layout(files, faults)
    for path in files:
        if not path.endswith(TEXTS) and not path.endswith("CMakeLists.txt"):
            continue
        with open(os.path.join(root, path), encoding="utf-8") as file:
            lines = file.read().splitlines()
        texts[path] = lines
        check_text(path, lines, faults)
        if path.endswith(CODE):
            check_code(path, lines, faults)
            check_names(path, lines, declared, faults)
            check_test_names(path, lines, faults)
            check_bindings(path, lines, faults)
    check_codes(texts, faults)
    check_reads(texts, faults)
    check_paths(texts, files, faults)
    check_threads(texts, faults)
    if "--no-format" not in sys.argv:
        check_format(root, files, faults)
    for fault in faults:
        print(fault)
    print(f"style: {len(files)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
