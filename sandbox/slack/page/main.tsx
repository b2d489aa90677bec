import { render } from 'preact';
import { api } from './api.ts';
import { App } from './app.tsx';

try {
  render(<App workspace={await api.workspace()} />, document.body);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  render(
    <p class="banner">The sandbox doesn't answer: {reason} Start it with `npm run demo`, then reload.</p>,
    document.body,
  );
}
