import type { RecordAction } from './actions.ts';
import { checkEvents, checkTranscription } from './check-events.ts';
import { boolean, matching, oneOf, seconds, wholeNumber } from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

const recordingFormat = oneOf('mp3', 'wav', 'ogg');
const key = matching('one key of 0-9, * and #', /^[0-9*#]$/);

/** MP3 holds no more. */
const MP3_CHANNELS = 2;

export function checkRecord(check: ObjectCheck): RecordAction {
  const split = check.optional('split', '2.3.2', oneOf('conversation')) !== undefined;
  const channels = check.optional('channels', '2.3.2', wholeNumber(1, 32));
  if (check.has('channels') && !check.has('split')) {
    check.complainMissing('2.3.2', 'split', '"conversation", as channels asks for it');
  }
  return {
    action: 'record',
    format: checkFormat(check, channels ?? 1),
    split,
    channels,
    endOnSilenceSeconds: check.optional('endOnSilence', '2.3.3', seconds(3, 10)),
    endOnKey: check.optional('endOnKey', '2.3.4', key),
    timeOutSeconds: check.optional('timeOut', '2.3.5', seconds(3, 7200)),
    beepStart: check.optional('beepStart', '2.3.1', boolean) ?? false,
    events: checkEvents(check),
    transcription: checkTranscription(check, '2.3.6'),
  };
}

function checkFormat(check: ObjectCheck, channels: number): RecordAction['format'] {
  const format = check.optional('format', '2.3.1', recordingFormat);
  if (format === 'mp3' && channels > MP3_CHANNELS) check.note('format', `mp3 has no room for ${channels} channels`);
  return format ?? (channels > MP3_CHANNELS ? 'wav' : 'mp3');
}
