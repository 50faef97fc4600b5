import { Clip, type DtmfDigit, defineHandler, silence, tone } from '@kodama/handler-kit';

const note = (hz: number, ms = 250) => tone({ hz, ms });

/** Two rising notes: "choose". */
const PROMPT = Clip.join(note(523.25), silence(60), note(659.25), silence(60));
const UNKNOWN = Clip.join(tone({ hz: 220, ms: 150 }), silence(80), tone({ hz: 220, ms: 150 }));
const GOODBYE = Clip.join(note(659.25), silence(60), note(523.25));

const CHOICES: Partial<Record<DtmfDigit, Clip>> = {
  1: tone({ hz: 440, ms: 1000 }),
  2: Clip.join(
    note(261.63),
    note(293.66),
    note(329.63),
    note(349.23),
    note(392),
    note(440),
    note(493.88),
    note(523.25),
  ),
  3: tone({ hz: 1000, ms: 10_000 }),
};

/**
 * A menu of tones. A key cuts off what plays: 1 is the concert pitch, 2 a scale, 3 ten seconds that are there to be
 * interrupted, * the prompt again, # the end of the call.
 */
export const menu = defineHandler({
  name: 'menu',
  async onStart({ out }) {
    await out.play(PROMPT);
  },
  async onDtmf(call, { digit }) {
    call.out.clear();
    if (digit === '#') {
      // Cleared by another key: the caller has changed his mind.
      if ((await call.out.play(GOODBYE)) === 'played') call.end();
      return;
    }
    await call.out.play(digit === '*' ? PROMPT : (CHOICES[digit] ?? UNKNOWN));
  },
});
