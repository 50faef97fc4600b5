import { createHash, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** The headers by which Vonage signs a webhook with this body. */
export function signedHeaders(body: string, secret: string): Record<string, string> {
  const claims = {
    iss: 'Vonage',
    jti: randomUUID(),
    api_key: 'a1b2c3d4',
    payload_hash: createHash('sha256').update(body).digest('hex'),
  };
  return { Authorization: `Bearer ${jwt.sign(claims, secret, { algorithm: 'HS256' })}` };
}
