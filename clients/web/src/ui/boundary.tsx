// A view that fails says so, and takes no other with it.
import { Component, type ComponentChildren } from "preact";

interface Props {
  what: string;
  children: ComponentChildren;
}

export class Boundary extends Component<Props, { error: string }> {
  override state = { error: "" };

  static override getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error.message : String(error) };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div class="panel problem" role="alert">
        <h2 class="bad">{this.props.what} can't be shown</h2>
        <p>{this.state.error}</p>
        <p class="dim">This is a fault of the page, not of the daemon: it trades on, and the other views work.</p>
        <button type="button" class="button" onClick={() => this.setState({ error: "" })}>
          Show it again
        </button>
      </div>
    );
  }
}
