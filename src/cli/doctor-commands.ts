/** Registers `doctor`. */
import type { Command } from 'commander';
import { addCommand, example, type Registry } from './registry.ts';

export function addDoctorCommand(program: Command, registry: Registry): void {
  const doctor = addCommand(program, registry, {
    name: 'doctor',
    description:
      'what is wrong, and the command that mends it (exit code 1 for errors, 0 for warnings)',
    flags: 'server',
    load: async () => (await import('./commands/doctor.ts')).runDoctor,
  });
  doctor.option('--fix [ids...]', 'mend what is safe to mend, or the findings named');
  example(doctor, [['lunaroute doctor --fix', 'mend what can be mended without asking']]);
}
