export * from './call-timeline.ts';
export * from './timeline-entry.ts';
export * from './timeline-keys.ts';
