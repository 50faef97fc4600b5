export * from './publisher-contract.ts';
