import type { Transcription, WebhookTarget } from './actions.ts';
import { boolean, type Kind, languageTag, oneHttpUrl, oneOf } from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

/**
 * `eventUrl` and `eventMethod`; undefined: the events go to the application's event URL.
 *
 * @param urls what `eventUrl` may be, where that is more than one address.
 */
export function checkEvents(check: ObjectCheck, urls: Kind<readonly string[]> = oneHttpUrl): WebhookTarget | undefined {
  const given = check.optional('eventUrl', '2.0.3', urls);
  const url = given?.[0];
  if (given?.length === 0) check.note('eventUrl', 'is empty, so the events go to the event URL of the application');
  const method = check.optional('eventMethod', '2.0.4', oneOf('GET', 'POST'));
  if (method !== undefined && !check.has('eventUrl'))
    check.note('eventMethod', 'has no eventUrl beside it to apply to');
  return url === undefined ? undefined : { url, method: method ?? 'POST' };
}

export function checkTranscription(check: ObjectCheck, rule: string): Transcription | undefined {
  return check.inside('transcription', rule, (inner) => ({
    language: inner.optional('language', rule, languageTag) ?? 'en-US',
    sentimentAnalysis: inner.optional('sentimentAnalysis', rule, boolean) ?? false,
    events: checkEvents(inner),
  }));
}
