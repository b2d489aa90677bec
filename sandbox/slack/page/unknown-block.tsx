import type { AnyBlock } from '@slack/types';
import { Component, type ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

declare global {
  interface Window {
    /** How many times something couldn't be drawn; tests hold it to 0. */
    d2UnknownBlocks: number;
  }
}

window.d2UnknownBlocks = 0;

/** A block or element that this page can't draw: never quietly left out. */
export function Unknown({ what, type }: { what: string; type: string }) {
  useEffect(() => {
    window.d2UnknownBlocks += 1;
    console.error(`The sandbox's page can't draw the ${what} "${type}".`);
  }, [what, type]);
  return (
    <div class="unknown" role="alert">
      This page can't draw the {what} <code>{type}</code>
    </div>
  );
}

interface ErrorBoundaryProps {
  block: AnyBlock;
  children: ComponentChildren;
}

/** Shows a block that throws as unknown, so that the rest of the page stays. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken: boolean }> {
  override state = { broken: false };
  static override getDerivedStateFromError() {
    return { broken: true };
  }
  override componentDidCatch(error: unknown) {
    console.error(error);
  }
  /** An edit may have mended it. */
  override componentDidUpdate(before: ErrorBoundaryProps) {
    if (this.state.broken && before.block !== this.props.block) this.setState({ broken: false });
  }
  override render() {
    return this.state.broken ? (
      <Unknown what="broken block" type={this.props.block.type} />
    ) : (
      this.props.children
    );
  }
}
