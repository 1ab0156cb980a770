/** Tests of the agent and its line. */
@NullMarked
package org.kernelentry.runner.linux;

import org.jspecify.annotations.NullMarked;
