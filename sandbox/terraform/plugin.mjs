// The provider as a plugin that terraform starts itself (see `terraform-offline --mirror`).
import { serve } from './provider.mjs';

if (
  process.env.TF_PLUGIN_MAGIC_COOKIE !== 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2'
) {
  console.error('This is a Terraform provider: terraform starts it.');
  process.exit(1);
}
const { port } = await serve(() => setImmediate(() => process.exit(0)));
process.on('SIGINT', () => {});
console.log(`1|6|tcp|127.0.0.1:${port}|grpc`);
