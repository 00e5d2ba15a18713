import type { Command } from 'commander';
import type { Within } from './command-parts.ts';
import type { AuditVerifyFlags } from './commands/audit-verify.ts';

export function addAuditCommands(program: Command, within: Within): void {
  const audit = program.command('audit').description('work with the audit log of the receiver');
  audit
    .command('verify')
    .description('see whether lines were removed, changed or moved since they were written')
    .argument('<file...>', 'the log, its oldest file first')
    .option('--head <hash>', 'of a line that has to be there: the last that was known before')
    .action((files: readonly string[], flags: AuditVerifyFlags) =>
      within(async (session) => (await import('./commands/audit-verify.ts')).auditVerify(session, files, flags)),
    );
}
