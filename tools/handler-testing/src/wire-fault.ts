/**
 * Thrown when something was sent that Vonage does not take: a message that is no frame, a text that is no command, more
 * audio than it keeps, anything after the end. No handler can bring that about: it is a fault of what carries handlers.
 */
export class WireFault extends Error {
  override readonly name = 'WireFault';
}
