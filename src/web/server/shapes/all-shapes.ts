/** Every shape that the API answers, by the name that OpenAPI gives it. */
import { NUMBER_SHAPES } from './numbers.ts';
import { RECORD_SHAPES } from './records.ts';
import { OTHER_SHAPES } from './rest.ts';

export const SHAPES = { ...NUMBER_SHAPES, ...RECORD_SHAPES, ...OTHER_SHAPES } as const;
