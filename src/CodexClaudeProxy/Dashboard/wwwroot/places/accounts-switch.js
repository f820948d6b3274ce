// Which account is the active one.
import { post } from '../lib/api.js';
import { pool } from '../lib/program.js';
import { texts } from '../texts.js';
import { attempt } from '../components/toast.js';

/** @param reload asks anew for what the caller shows */
export const makeActive = (account, reload = pool.reload) => attempt(async () => {
  const answer = await post('/accounts/switch', { email: account.id });
  await reload();
  return answer;
}, texts.accounts.switched);
