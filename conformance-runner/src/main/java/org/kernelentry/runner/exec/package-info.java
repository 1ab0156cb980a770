/** Programs from files under the reference kernel, outside of any scenario. */
@NullMarked
package org.kernelentry.runner.exec;

import org.jspecify.annotations.NullMarked;
