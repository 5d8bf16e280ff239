"""Names as http/providers/places/folding.cpp folds them; tests/http/gazetteer_test.cpp checks that the two agree."""
import unicodedata

LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n",
           "ə": "e", "ʻ": "", "ʼ": ""}
WORDS = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}


def fold(text):
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    out = []
    for c in text:
        if unicodedata.category(c) in ("Mn", "Mc", "Me") or c in "'.`\u00ad\u200b\u200c\u200d\u2060\ufeff":
            continue
        if "\u2000" <= c <= "\u203f":  # dashes part words, quotes do not
            out.append(" " if c <= "\u2015" else "")
        elif ord(c) > 127:
            out.append(LETTERS.get(c, c))
        else:
            out.append(c if c.isalnum() else " ")
    return " ".join(WORDS.get(word, word) for word in "".join(out).split(" ") if word)


def is_latin(text):
    return all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x2070 or unicodedata.combining(c) for c in text)
