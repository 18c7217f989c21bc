// Property tests draw the same cases each time, so that what passed once passes again and a failure is the
// change's own. To hunt with new cases: LUNAROUTE_SEED=random (or a number, to repeat what a hunt found).
import fc from 'fast-check';

const SEED = 20_261_125;
const wanted = process.env['LUNAROUTE_SEED'];

if (wanted !== 'random') fc.configureGlobal({ seed: wanted === undefined ? SEED : Number(wanted) });
