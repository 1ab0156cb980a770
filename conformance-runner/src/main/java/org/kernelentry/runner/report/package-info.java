/** Reports: matrix, KTAP, JUnit XML, JSON. */
@NullMarked
package org.kernelentry.runner.report;

import org.jspecify.annotations.NullMarked;
