// A demo of the program on a free port, for scripts that look at its page.
import { spawn } from 'node:child_process';

/** @returns {Promise<{ process: import('node:child_process').ChildProcess, url: string }>} once it listens */
export async function startDemo(program, env = process.env) {
  const demo = spawn(program, ['demo', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    let output = '';
    demo.on('exit', () => reject(new Error(`${program} has ended`)));
    demo.stdout.on('data', text => {
      output += text;
      const address = /Address +(http:\S+)/.exec(output);
      if (address) resolve(address[1]);
    });
  });
  return { process: demo, url };
}
