/**
 * The discrete Fourier transform, in place, of complex numbers; radix 2, without scaling.
 *
 * The inverse is the same with `re` and `im` changed places, divided by the length.
 *
 * @param re the real parts; the length is a power of two.
 * @param im as many imaginary parts.
 */
export function fft(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  reorder(re, im);
  for (let half = 1; half < size; half *= 2) {
    const [cos, sin] = roots(half);
    for (let start = 0; start < size; start += half * 2) {
      for (let k = 0; k < half; k++) {
        const low = start + k;
        const high = low + half;
        const c = cos[k] as number;
        const s = sin[k] as number;
        const highRe = re[high] as number;
        const highIm = im[high] as number;
        const turnedRe = highRe * c + highIm * s;
        const turnedIm = highIm * c - highRe * s;
        const lowRe = re[low] as number;
        const lowIm = im[low] as number;
        re[low] = lowRe + turnedRe;
        im[low] = lowIm + turnedIm;
        re[high] = lowRe - turnedRe;
        im[high] = lowIm - turnedIm;
      }
    }
  }
}

/** The smallest power of two that is not below this. */
export const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, least)));

/** Bit-reversal. */
function reorder(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const keptRe = re[i] as number;
    const keptIm = im[i] as number;
    re[i] = re[j] as number;
    im[i] = im[j] as number;
    re[j] = keptRe;
    im[j] = keptIm;
  }
}

const knownRoots = new Map<number, readonly [cos: Float64Array, sin: Float64Array]>();

/** Cosine and sine of the first half turn, in so many steps. */
function roots(half: number): readonly [cos: Float64Array, sin: Float64Array] {
  const known = knownRoots.get(half);
  if (known) return known;
  const cos = Float64Array.from({ length: half }, (_, k) => Math.cos((Math.PI * k) / half));
  const sin = Float64Array.from({ length: half }, (_, k) => Math.sin((Math.PI * k) / half));
  knownRoots.set(half, [cos, sin]);
  return [cos, sin];
}
