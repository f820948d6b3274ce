// Running a client that is a program, without a person: its own home, nothing of our environment, no standard input.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');

/** A program of a package: the one of its manifest that has this name. */
export function script(name, bin) {
  const programs = JSON.parse(readFileSync(join(modules, name, 'package.json'))).bin;
  return [process.execPath, join(modules, name, typeof programs === 'string' ? programs : programs[bin])];
}

/** A native program, which lies in a package of its own for each platform. */
export const native = (name, ...path) => [join(modules, `${name}-${process.platform}-${process.arch}`, ...path)];

/** Writes one of the client's own files, below the home of the task. */
export function configure(task, path, content) {
  const file = join(task.home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** Runs it to its end. A user who gives up presses Ctrl+C, and closes the window when that is not enough. */
export function run([program, ...first], args, task, signal, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], {
      cwd: task.project,
      env: { PATH: process.env.PATH, HOME: task.home, LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A terminal sends Ctrl+C to a program and to those it started: so it leads a group of its own.
      detached: true,
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', data => (output += data));
    child.stderr.on('data', data => (errors += data));
    const send = name => {
      try {
        process.kill(-child.pid, name);
      } catch (failure) {
        // All of them have ended.
        if (failure.code !== 'ESRCH') throw failure;
      }
    };
    const stop = () => {
      send('SIGINT');
      setTimeout(send, 5000, 'SIGKILL').unref();
    };
    signal.addEventListener('abort', stop);
    child.on('error', reject);
    child.on('close', code => {
      signal.removeEventListener('abort', stop);
      console.error(`${program} ended with ${code}\n${errors}`);
      resolve({ code, output, errors });
    });
  });
}

/** The lines of an output that are JSON objects. */
export const events = output => output.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line));

/** What is thrown when the client told its user of a failure. */
export const failure = (message, status) => Object.assign(new Error(message), { status });
