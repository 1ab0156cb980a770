/** The step definitions of the spec's language. */
@NullMarked
package org.kernelentry.runner.steps;

import org.jspecify.annotations.NullMarked;
