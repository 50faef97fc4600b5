import { StoreUnavailableError } from './store-unavailable-error.ts';

/**
 * What Redis answers.
 *
 * @throws StoreUnavailableError where it does not, or refuses
 */
export async function answerOf<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    throw new StoreUnavailableError(error);
  }
}
