import { formatNestLine } from './nest-log.mjs';

// Preloaded into a service of the existing world: what it writes leaves in the team's format.
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return write(text.replace(/[^\n]+/g, formatNestLine), ...rest);
  };
}
