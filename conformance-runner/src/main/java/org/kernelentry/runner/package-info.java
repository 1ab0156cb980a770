/** Runs scenarios on systems under test and judges what they show. */
@NullMarked
package org.kernelentry.runner;

import org.jspecify.annotations.NullMarked;
