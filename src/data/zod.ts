/** Zod with its compiler off: schemas are walked, never compiled from text, which the page's policy forbids. Import it from here. */
import { z } from 'zod';

z.config({ jitless: true });

export { z };
