import { Compass } from "lucide-react";
import { LinkButton } from "../ui/Button";
import { Empty } from "../ui/Notice";

export function NotFound() {
  return (
    <Empty
      icon={<Compass />}
      title="There is no such page"
      action={<LinkButton href="/">Go home</LinkButton>}
    >
      The address may be old or mistyped.
    </Empty>
  );
}
