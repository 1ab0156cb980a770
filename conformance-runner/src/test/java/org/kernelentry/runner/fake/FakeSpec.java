package org.kernelentry.runner.fake;

import java.nio.file.Path;
import org.kernelentry.runner.spec.TempSpec;

/** A spec for {@link FakeSteps}: one scenario for each way to end, on several architectures and flavours. */
public final class FakeSpec {
    private static final String ENTRY = """
            @ENT
            Feature: Entry

              @ENT-02
              Rule: A call with work does something

                Scenario Outline: The <call> does something
                  Given a task on <mode>
                  When it makes the call <call>
                  Then it happened
                  And nothing else happened

                  Examples:
                    | mode | call    |
                    | x64  | getppid |
                    | ia32 | getppid |
                    | a64  | pause   |

                  @native
                  Examples: what arm does today
                    | mode | call  |
                    | arm  | write |

              @ENT-03
              Rule: A call without work does something else

                @x86 @arm
                Scenario: One pickle runs on two architectures
                  Given a task
                  When it makes the call getuid
                  Then it happened
                  And nothing else happened
            """;

    private static final String EXIT = """
            @ENT @ENT-01 @reference
            Feature: Exit

              @generic
              Rule: Nothing is done with "quotes" & <brackets> | bars *stars*

                Scenario Outline: Call <call> breaks
                  Given a task on <mode>
                  When it makes the call <call>
                  Then it happened
                  And nothing else happened

                  Examples:
                    | mode | call  |
                    | arm  | crash |
            """;

    private FakeSpec() {}

    /** Writes the spec into a directory. */
    public static TempSpec in(Path directory) {
        return TempSpec.in(directory)
                .write(TempSpec.FEATURE_FILE, ENTRY)
                .write("02-exit/chapter.adoc", "= The way out\n\nAlso `matters`.\n")
                .write("02-exit/exit.feature", EXIT);
    }
}
