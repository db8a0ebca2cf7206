import type { ConverterType, ScriptLang } from "../../api/types";
import { TestDialog } from "../scriptTest/TestDialog";
import type { TestCase } from "../scriptTest/testCase";
import { capturedOf } from "./cases";
import { downlinkFault, uplinkFault } from "./resultCheck";
import { runTest } from "./runTest";

interface TestConverterProps {
  type: ConverterType;
  lang: ScriptLang;
  script: string;
  onScript: (script: string) => void;
  start: TestCase;
  /** The saved converter, whose captured messages are offered. */
  converterId?: string;
  onClose: () => void;
}

/** The test of a converter's script. */
export function TestConverter({ type, converterId, ...rest }: TestConverterProps) {
  return (
    <TestDialog
      {...rest}
      title={type === "UPLINK" ? "Test the decoder" : "Test the encoder"}
      use={type}
      captured={
        converterId === undefined
          ? undefined
          : { key: ["CONVERTER", converterId], load: () => capturedOf(converterId) }
      }
      faultOf={type === "UPLINK" ? uplinkFault : downlinkFault}
      run={(script, test) => runTest(type, rest.lang, script, test)}
    />
  );
}
