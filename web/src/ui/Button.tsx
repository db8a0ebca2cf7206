import type { ReactNode } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Link as AriaLink,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import "./button.css";

export type Look = "primary" | "secondary" | "quiet" | "danger";

interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  look?: Look;
  icon?: ReactNode;
  children: ReactNode;
}

export function Button({ look = "secondary", icon, children, isPending, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} isPending={isPending} className={`button button-${look}`}>
      {icon}
      <span>{children}</span>
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children" | "aria-label"> {
  label: string;
  icon: ReactNode;
  look?: Look;
}

/** A button that shows only an icon; its name is read aloud and shown on hover and focus. */
export function IconButton({ label, icon, look = "quiet", ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={400}>
      <AriaButton {...rest} aria-label={label} className={`button button-icon button-${look}`}>
        {icon}
      </AriaButton>
      <Tooltip className="tooltip">{label}</Tooltip>
    </TooltipTrigger>
  );
}

interface LinkButtonProps {
  href: string;
  look?: Look;
  icon?: ReactNode;
  children: ReactNode;
}

export function LinkButton({ href, look = "secondary", icon, children }: LinkButtonProps) {
  return (
    <AriaLink href={href} className={`button button-${look}`}>
      {icon}
      <span>{children}</span>
    </AriaLink>
  );
}
