export { openWorkspace, type WorkspaceOptions } from './open.ts';
export { type RollbackRequest, rollbackCommit } from './rollback.ts';
