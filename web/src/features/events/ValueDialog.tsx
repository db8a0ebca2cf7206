import { Copy } from "lucide-react";
import { pretty } from "../../format/payload";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { done } from "../../ui/Toast";

/** A whole value of an event: JSON in lines, other text as it is. */
export function ValueDialog({
  title,
  text,
  onClose,
}: {
  title: string;
  text: string | undefined;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={title}
      isOpen={text !== undefined}
      onClose={onClose}
      foot={
        <Button
          icon={<Copy aria-hidden />}
          onPress={() => void navigator.clipboard.writeText(text ?? "").then(() => done("Copied"))}
        >
          Copy
        </Button>
      }
    >
      <pre className="code-block" tabIndex={0}>
        {pretty(text ?? "")}
      </pre>
    </Dialog>
  );
}
