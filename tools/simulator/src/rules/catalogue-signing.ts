import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

/** The tokens that Vonage signs. Each is there where the simulator was given a secret. */
export const signingRules: readonly Rule[] = [
  {
    id: '5.1.1',
    title: 'A webhook has the header `Authorization: Bearer` with a token that is signed with HS256.',
    known:
      "The key is the account's signature secret, not the API secret, and the token's header is `alg` " +
      'HS256 and `typ` JWT. Voice applications have it on by default now; it was a choice before.',
    sources: [sources.signedWebhooks, sources.signatureSupport, sources.applicationOpenApi],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '5.1.2',
    title: 'The claims are `iat`, `jti`, `iss`, `payload_hash`, `api_key` and, if need be, `application_id`.',
    known:
      '`iat` is in seconds, `jti` a UUID, `iss` always Vonage, and `api_key` that of the account whose ' +
      'secret it is. There is no `exp`.',
    sources: [sources.signedWebhooks, sources.signatureSupport],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '5.2.3',
    title: 'The key is the bytes of the secret as text.',
    known: 'All SDKs and samples take it so. One project by a third party decodes it from base64 first.',
    sources: [sources.nodeSdk, sources.javaSdk, sources.pythonSdk, sources.signatureProject],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '5.3.1',
    title: 'The `payload_hash` of a POST is the SHA-256 of its body as it was sent, in lower-case hexadecimal digits.',
    known: 'It is over the raw bytes: a body that was parsed and written anew has another hash.',
    sources: [sources.phpIssue, sources.signatureSupport, sources.dograh],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '5.3.2',
    title: 'The `payload_hash` of a GET is over its parameters as compact JSON.',
    known:
      'The object has the decoded values as texts, in the order of the URL. That is known from a support ' +
      'article and one test with a captured request; one application also accepts a hash of the query ' +
      'string as it is.',
    sources: [sources.signatureSupport, sources.capturedAnswer, sources.dograh],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '5.4.1',
    title: 'With `authorization` of type vonage the upgrade of a WebSocket carries a token of the same kind.',
    known: 'That a token is on the upgrade is documented. That its claims are those of a webhook is likely.',
    sources: [sources.voiceOpenApi, sources.nccoReference],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '5.4.2',
    title: 'The token of an upgrade has no `payload_hash`.',
    known: 'Nothing is documented about it. An upgrade has no body; with `yes` the hash is that of nothing.',
    sources: [sources.inference],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '5.4.3',
    title: 'With `authorization` of type custom the upgrade has the `value` as it is.',
    known: 'It is the whole value of the Authorization header, the word Bearer included where there is one.',
    sources: [sources.voiceOpenApi, sources.javaSdk, sources.nodeSdk],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '5.5.1',
    title: 'Webhooks come from published address ranges.',
    known:
      'Support articles have the lists; addresses that were seen are old and incomplete. Here everything ' +
      'comes from this machine.',
    sources: [sources.addressSupport, sources.phpCaptures],
    certainty: 'likely',
    status: 'not modelled',
  },
];
