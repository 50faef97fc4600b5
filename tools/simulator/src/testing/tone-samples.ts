import wavefile from 'wavefile';

/**
 * A sine tone that begins at zero, as signed 16-bit samples.
 *
 * @param level of full scale, 0 to 1.
 */
export function toneSamples(hz: number, ms: number, sampleRateHz: number, level = 0.5): Int16Array {
  const step = (2 * Math.PI * hz) / sampleRateHz;
  const count = Math.round((ms * sampleRateHz) / 1000);
  return Int16Array.from({ length: count }, (_, i) => Math.round(level * 32_767 * Math.sin(i * step)));
}

/** The same as a 16-bit mono WAV file. */
export function toneWav(hz: number, ms: number, sampleRateHz: number, level?: number): Buffer {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(1, sampleRateHz, '16', toneSamples(hz, ms, sampleRateHz, level));
  return Buffer.from(wav.toBuffer());
}
