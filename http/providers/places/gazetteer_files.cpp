#include "http/providers/places/gazetteer_files.hpp"

#include <zlib.h>

#include <stdexcept>

// The assembler puts the files into the program as they are; CMakeLists.txt says where they lie.
#define CARAVAN_EMBED(symbol, file)                                                                \
  asm(".section .rodata\n" #symbol "_begin:\n.incbin \"" CARAVAN_GAZETTEER "/" file "\"\n" #symbol \
      "_end:\n.byte 0\n.previous\n")

CARAVAN_EMBED(caravan_places, "places.tsv.gz");
CARAVAN_EMBED(caravan_postal_codes, "postal_codes.tsv.gz");
CARAVAN_EMBED(caravan_countries, "countries.tsv");
CARAVAN_EMBED(caravan_regions, "regions.tsv");

extern "C" {
extern const char caravan_places_begin[], caravan_places_end[];
extern const char caravan_postal_codes_begin[], caravan_postal_codes_end[];
extern const char caravan_countries_begin[], caravan_countries_end[];
extern const char caravan_regions_begin[], caravan_regions_end[];
}

namespace caravan {

namespace {

std::string_view between_marks(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

constexpr std::size_t most_unpacked = 64 << 20;

}  // namespace

std::string gunzip(std::string_view packed, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) throw std::runtime_error("zlib does not start");
  std::string out(packed.size() * 3 + 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  int result = Z_OK;
  while (result == Z_OK) {
    if (stream.total_out == out.size()) {
      if (out.size() >= most) break;
      out.resize(std::min(most, out.size() * 2));
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + stream.total_out);
    stream.avail_out = static_cast<uInt>(out.size() - stream.total_out);
    result = inflate(&stream, Z_NO_FLUSH);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("gzip data is damaged or too large");
  out.resize(stream.total_out);
  return out;
}

GazetteerFiles gazetteer_files() {
  return {gunzip(between_marks(caravan_places_begin, caravan_places_end), most_unpacked),
          gunzip(between_marks(caravan_postal_codes_begin, caravan_postal_codes_end), most_unpacked),
          between_marks(caravan_countries_begin, caravan_countries_end),
          between_marks(caravan_regions_begin, caravan_regions_end)};
}

}  // namespace caravan
