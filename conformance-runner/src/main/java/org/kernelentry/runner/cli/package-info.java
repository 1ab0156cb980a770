/** The command line. */
@NullMarked
package org.kernelentry.runner.cli;

import org.jspecify.annotations.NullMarked;
