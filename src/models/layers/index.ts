export * from './batchNorm';
export * from './fields';
export * from './gate';
export * from './inputGradient';
export * from './linear';
export * from './mlp';
export * from './stackedMlp';
export * from './towerBank';
