/** Guests that do everything wrong: each ends as an event of its own, never as one of the runner's. */
@NullMarked
package org.kernelentry.runner.hostile;

import org.jspecify.annotations.NullMarked;
