import { useEffect } from "react";
import { harmless } from "./styleSheet";

/** Puts a style sheet on the elements below a scope, while the calling component is shown. */
export function useStyleSheet(css: string, scope: string, prefix: string): void {
  useEffect(() => {
    const text = harmless(css, scope, prefix);
    if (text === "") return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    };
  }, [css, scope, prefix]);
}
