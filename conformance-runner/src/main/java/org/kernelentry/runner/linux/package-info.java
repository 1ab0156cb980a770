/** Real Linux kernels as systems under test: the agent that observes on them, and the line to it. */
@NullMarked
package org.kernelentry.runner.linux;

import org.jspecify.annotations.NullMarked;
