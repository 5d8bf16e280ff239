#include "http/pictures/raster.hpp"

#include <libexif/exif-data.h>
#include <png.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#include <algorithm>
#include <memory>

#include "storage/uploads/uploads.hpp"

namespace caravan::http {

namespace {

constexpr int jpeg_quality = 85;
constexpr float webp_quality = 85;
constexpr std::int64_t quick_from = 2'000'000;  // pixels: a PNG of more is packed less tightly, but in a second

[[noreturn]] void unreadable(std::string_view why) {
  throw UploadRefused(UploadRefused::Why::unreadable, "the picture cannot be read: " + std::string(why));
}

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

Raster blank(std::int64_t width, std::int64_t height, std::int64_t most = most_pixels) {
  if (width < 1 || height < 1) unreadable("it has no pixels");
  if (width > most / height)
    throw UploadRefused(UploadRefused::Why::too_large, "the picture has more than 24 megapixels (JPEG: 48)");
  return {static_cast<int>(width), static_cast<int>(height),
          std::vector<std::uint8_t>(static_cast<std::size_t>(width * height) * 4)};
}

/// Of an Exif block, with or without the picture around it.
int exif_orientation(std::string_view bytes) {
  const std::unique_ptr<ExifData, decltype(&exif_data_unref)> exif(
      exif_data_new_from_data(data_of(bytes), static_cast<unsigned>(bytes.size())), &exif_data_unref);
  if (!exif) return 1;
  const ExifEntry* entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (!entry || entry->format != EXIF_FORMAT_SHORT || entry->size < 2) return 1;
  const int value = exif_get_short(entry->data, exif_data_get_byte_order(exif.get()));
  return value >= 1 && value <= 8 ? value : 1;
}

using Turbo = std::unique_ptr<void, decltype(&tjDestroy)>;

Raster decode_jpeg(std::string_view bytes, int longest) {
  const Turbo turbo(tjInitDecompress(), &tjDestroy);
  int width = 0, height = 0, sampling = 0, colours = 0;
  const auto size = static_cast<unsigned long>(bytes.size());
  if (tjDecompressHeader3(turbo.get(), data_of(bytes), size, &width, &height, &sampling, &colours) != 0)
    unreadable(tjGetErrorStr2(turbo.get()));
  if (width > 2 * most_pixels / std::max(height, 1))
    throw UploadRefused(UploadRefused::Why::too_large, "the picture has more than 24 megapixels (JPEG: 48)");
  int factors = 0;
  const tjscalingfactor* factor = tjGetScalingFactors(&factors);
  tjscalingfactor best{1, 8};
  for (int i = 0; i < factors; ++i)
    if (factor[i].num <= factor[i].denom &&
        std::max(TJSCALED(width, factor[i]), TJSCALED(height, factor[i])) <= longest &&
        factor[i].num * best.denom > best.num * factor[i].denom)
      best = factor[i];
  if (std::max(width, height) <= longest) best = {1, 1};
  Raster raster = blank(TJSCALED(width, best), TJSCALED(height, best));
  // Hundreds of scans in one file are an attack on the processor. A warning is no more than a scratch.
  if (tjDecompress2(turbo.get(), data_of(bytes), size, raster.pixels.data(), raster.width, 0, raster.height, TJPF_RGBA,
                    TJFLAG_LIMITSCANS) != 0 &&
      tjGetErrorCode(turbo.get()) == TJERR_FATAL)
    unreadable(tjGetErrorStr2(turbo.get()));
  return raster;
}

std::string encode_jpeg(const Raster& raster) {
  const Turbo turbo(tjInitCompress(), &tjDestroy);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  const int failed = tjCompress2(turbo.get(), raster.pixels.data(), raster.width, 0, raster.height, TJPF_RGBA, &out,
                                 &size, TJSAMP_420, jpeg_quality, 0);
  const std::unique_ptr<unsigned char, decltype(&tjFree)> owned(out, &tjFree);
  if (failed != 0) unreadable(tjGetErrorStr2(turbo.get()));
  return {reinterpret_cast<const char*>(out), size};
}

Raster decode_png(std::string_view bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, decltype(&png_image_free)> owned(&image, &png_image_free);
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size())) unreadable(image.message);
  Raster raster = blank(image.width, image.height);
  image.format = PNG_FORMAT_RGBA;
  if (!png_image_finish_read(&image, nullptr, raster.pixels.data(), 0, nullptr)) unreadable(image.message);
  return raster;
}

std::string encode_png(const Raster& raster) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(raster.width);
  image.height = static_cast<png_uint_32>(raster.height);
  image.format = PNG_FORMAT_RGBA;
  if (std::int64_t{raster.width} * raster.height > quick_from) image.flags = PNG_IMAGE_FLAG_FAST;
  std::string out(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = out.size();
  if (!png_image_write_to_memory(&image, out.data(), &size, 0, raster.pixels.data(), 0, nullptr))
    unreadable(image.message);
  out.resize(size);
  out.shrink_to_fit();
  return out;
}

/// The orientation in a PNG's eXIf chunk. A chunk is its length, its name, its bytes and a checksum.
int png_orientation(std::string_view bytes) {
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const unsigned char* head = data_of(bytes) + at;
    const std::size_t size =
        (std::size_t{head[0]} << 24) | (std::size_t{head[1]} << 16) | (std::size_t{head[2]} << 8) | head[3];
    if (size > bytes.size() - at - 12) break;
    if (bytes.substr(at + 4, 4) == "eXIf")
      return exif_orientation(std::string("Exif\0\0", 6) + std::string(bytes.substr(at + 8, size)));
    at += size + 12;
  }
  return 1;
}

Raster decode_webp(std::string_view bytes) {
  int width = 0, height = 0;
  if (!WebPGetInfo(data_of(bytes), bytes.size(), &width, &height)) unreadable("it is no WebP");
  Raster raster = blank(width, height);
  if (!WebPDecodeRGBAInto(data_of(bytes), bytes.size(), raster.pixels.data(), raster.pixels.size(), raster.width * 4))
    unreadable("it is damaged, or moves");
  return raster;
}

std::string encode_webp(const Raster& raster) {
  std::uint8_t* out = nullptr;
  const std::size_t size =
      WebPEncodeRGBA(raster.pixels.data(), raster.width, raster.height, raster.width * 4, webp_quality, &out);
  const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> owned(out, &WebPFree);
  if (size == 0) unreadable("it cannot be written anew");
  return {reinterpret_cast<const char*>(out), size};
}

int webp_orientation(std::string_view bytes) {
  const WebPData data{data_of(bytes), bytes.size()};
  const std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> demuxer(WebPDemux(&data), &WebPDemuxDelete);
  WebPChunkIterator chunk{};
  if (!demuxer || !WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &chunk)) return 1;
  std::string exif(reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size);
  WebPDemuxReleaseChunkIterator(&chunk);
  if (!exif.starts_with("Exif")) exif.insert(0, "Exif\0\0", 6);
  return exif_orientation(exif);
}

}  // namespace

Raster decode_picture(PictureFormat format, std::string_view bytes, int longest, int& orientation) {
  switch (format) {
    case PictureFormat::jpeg:
      orientation = exif_orientation(bytes);
      return shrunk(decode_jpeg(bytes, longest), longest);
    case PictureFormat::png:
      orientation = png_orientation(bytes);
      return shrunk(decode_png(bytes), longest);
    case PictureFormat::webp:
      orientation = webp_orientation(bytes);
      return shrunk(decode_webp(bytes), longest);
  }
  unreadable("it is of no known format");
}

std::string encode_picture(PictureFormat format, const Raster& raster) {
  switch (format) {
    case PictureFormat::jpeg:
      return encode_jpeg(raster);
    case PictureFormat::png:
      return encode_png(raster);
    case PictureFormat::webp:
      return encode_webp(raster);
  }
  unreadable("it is of no known format");
}

Raster upright(Raster raster, int orientation) {
  if (orientation < 2 || orientation > 8) return raster;
  const bool turned = orientation >= 5;
  const bool mirrors_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool mirrors_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Raster out{turned ? raster.height : raster.width, turned ? raster.width : raster.height, {}};
  out.pixels.resize(raster.pixels.size());
  std::uint8_t* to = out.pixels.data();
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x, to += 4) {
      int from_x = turned ? y : x, from_y = turned ? x : y;
      if (mirrors_x) from_x = raster.width - 1 - from_x;
      if (mirrors_y) from_y = raster.height - 1 - from_y;
      std::copy_n(raster.pixels.data() +
                      (std::size_t{1} * static_cast<std::size_t>(from_y) * static_cast<std::size_t>(raster.width) +
                       static_cast<std::size_t>(from_x)) *
                          4,
                  4, to);
    }
  return out;
}

Raster shrunk(Raster raster, int longest) {
  const int side = std::max(raster.width, raster.height);
  if (side <= longest) return raster;
  const auto scaled = [&](int length) {
    return static_cast<int>(std::max<std::int64_t>(1, std::int64_t{length} * longest / side));
  };
  Raster out = blank(scaled(raster.width), scaled(raster.height));
  const auto edge = [](int i, int from, int to) { return static_cast<std::size_t>(std::int64_t{i} * from / to); };
  const auto row = static_cast<std::size_t>(raster.width);
  std::uint8_t* to = out.pixels.data();
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x, to += 4) {
      std::array<std::uint64_t, 4> sum{};
      std::uint64_t count = 0;
      for (std::size_t v = edge(y, raster.height, out.height); v < edge(y + 1, raster.height, out.height); ++v)
        for (std::size_t u = edge(x, raster.width, out.width); u < edge(x + 1, raster.width, out.width); ++u, ++count)
          for (std::size_t c = 0; c < 4; ++c) sum[c] += raster.pixels[(v * row + u) * 4 + c];
      for (std::size_t c = 0; c < 4; ++c) to[c] = static_cast<std::uint8_t>(sum[c] / std::max<std::uint64_t>(count, 1));
    }
  return out;
}

}  // namespace caravan::http
