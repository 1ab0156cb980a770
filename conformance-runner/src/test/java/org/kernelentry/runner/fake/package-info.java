/** Step definitions over nothing, for tests of what surrounds a run. */
@NullMarked
package org.kernelentry.runner.fake;

import org.jspecify.annotations.NullMarked;
