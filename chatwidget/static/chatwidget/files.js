/** What a file is, in words and in small. */
const THUMB = 96;
const BYTES = /** @type {const} */ ({ style: "unit", unit: "byte", unitDisplay: "long" });

// 1.5 of KB, MB and GB, as the server writes it.
const samples = (document.getElementById("tray")?.dataset.units ?? "").split("|");

/** @param {number} bytes */
export function sizeOf(bytes) {
  const power = Math.min(samples.length, Math.floor(Math.log(bytes || 1) / Math.log(1024)));
  const sample = samples[power - 1];
  if (!sample) return bytes.toLocaleString(document.documentElement.lang, BYTES);
  return sample.replace(/1(\D)5/, (_all, mark) =>
    (bytes / 1024 ** power).toFixed(1).replace(".", mark));
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
