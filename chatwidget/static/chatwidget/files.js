/** What a file is, in words and in small. */
const THUMB = 96;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** @param {number} bytes */
export function sizeOf(bytes) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(bytes || 1) / Math.log(1024)));
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: UNITS[power] ?? "byte",
    unitDisplay: power ? "short" : "long",
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(bytes / 1024 ** power);
}

/** @param {File} file */
export function kindOf(file) {
  return /\.[^.]+$/.exec(file.name.toLowerCase())?.[0] ?? "";
}

/** A small picture of a picture, as an address that our policy lets pass. @param {File} file */
export async function pictureOf(file) {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  const scale = THUMB / Math.min(bitmap.width, bitmap.height);
  canvas.width = canvas.height = THUMB;
  canvas.getContext("2d")?.drawImage(
    bitmap,
    (THUMB - bitmap.width * scale) / 2,
    (THUMB - bitmap.height * scale) / 2,
    bitmap.width * scale,
    bitmap.height * scale,
  );
  return canvas.toDataURL("image/png");
}
