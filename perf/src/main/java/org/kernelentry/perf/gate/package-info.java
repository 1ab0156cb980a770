/** The performance gate: what a commit costs in counted instructions and in time against another one, measured in the same session. */
@NullMarked
package org.kernelentry.perf.gate;

import org.jspecify.annotations.NullMarked;
