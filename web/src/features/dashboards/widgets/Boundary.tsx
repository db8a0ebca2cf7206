import { Component, type ReactNode } from "react";
import { Problem } from "../../../ui/Notice";

/** Keeps the fault of one widget from taking the dashboard with it. */
export class Boundary extends Component<{ children: ReactNode }, { fault?: unknown }> {
  override state: { fault?: unknown } = {};

  static getDerivedStateFromError(fault: unknown): { fault: unknown } {
    return { fault };
  }

  override render(): ReactNode {
    return this.state.fault === undefined ? (
      this.props.children
    ) : (
      <Problem error={this.state.fault} onRetry={() => this.setState({ fault: undefined })} />
    );
  }
}
