import { generate } from 'selfsigned';

/** A certificate and its private key, both PEM. A client that trusts the certificate itself takes a good one. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** For `localhost` and 127.0.0.1, today: good, but signed by nobody. */
export const selfSignedCertificate = (): Promise<Certificate> => makeCertificate('localhost', -1, 1);

/** Ended yesterday. */
export const expiredCertificate = (): Promise<Certificate> => makeCertificate('localhost', -30, -1);

/** Begins tomorrow. */
export const futureCertificate = (): Promise<Certificate> => makeCertificate('localhost', 1, 30);

/** Good, but for another host. */
export const certificateOf = (host: string): Promise<Certificate> => makeCertificate(host, -1, 1);

async function makeCertificate(host: string, fromDays: number, untilDays: number): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + fromDays * DAY_MS),
    notAfterDate: new Date(Date.now() + untilDays * DAY_MS),
  });
  return { cert, key };
}
