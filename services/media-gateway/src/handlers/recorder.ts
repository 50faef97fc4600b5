import { recorded } from '@kodama/handler-kit';
import { echo } from './echo.ts';

/** An echo whose calls are recorded: a stereo WAV file for each, in `RECORDINGS_DIR`. */
export const recorder = recorded(echo, 'recorder');
