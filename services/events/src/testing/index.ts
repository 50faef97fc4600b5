export * from './publisher-contract.ts';
export * from './timeline-store-contract.ts';
