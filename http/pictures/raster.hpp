#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Pictures as libraries decode and encode them: libjpeg-turbo, libpng, libwebp; libexif tells which way is up.
namespace caravan::http {

enum class PictureFormat : std::uint8_t { jpeg, png, webp };

/// Pixels of four bytes: red, green, blue, alpha. Rows from the top, without padding.
struct Raster {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
};

/// Decodes, no larger than `longest` on its longest side; with its Exif orientation in `orientation` (1 to 8). Throws
/// UploadRefused where it is none of the format, or has more pixels than `most_pixels`.
Raster decode_picture(PictureFormat format, std::string_view bytes, int longest, int& orientation);
/// Writes the pixels, and nothing that the picture came with.
std::string encode_picture(PictureFormat format, const Raster& raster);
/// Turned as an Exif orientation says.
Raster upright(Raster raster, int orientation);
/// No larger than that on its longest side; each pixel is the mean of those that it stands for.
Raster shrunk(Raster raster, int longest);

/// A picture is at most so large while it is worked on: 24 megapixels are 96 MB. A JPEG may have twice as many, since
/// it is shrunk while it is decoded.
inline constexpr std::int64_t most_pixels = 24'000'000;

}  // namespace caravan::http
