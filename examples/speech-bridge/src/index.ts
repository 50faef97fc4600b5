export { speechBridge } from './speech-bridge.ts';
