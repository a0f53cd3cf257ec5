# Writes test/fixtures/evaluation/proc.json: what R's pROC says of the tables of metrics.json, of tables of its own, and of pairs.
#
#   apt install r-base-core r-cran-proc r-cran-jsonlite
#   Rscript scripts/oracles/proc.R
#
# Written with pROC 1.18.0 under R 4.2.2. AUC and DeLong's interval: auc, ci.auc; DeLong's variance: var; paired test: roc.test; Youden's
# point: coords; the band: ci.se, a stratified bootstrap and therefore equal within the noise of its draws only.
suppressMessages({
  library(pROC)
  library(jsonlite)
})
arguments <- commandArgs(FALSE)
script <- sub("--file=", "", arguments[grep("--file=", arguments)])
root <- normalizePath(file.path(dirname(script), "..", ".."))
tables <- read_json(file.path(root, "test/fixtures/evaluation/metrics.json"))

# The linear congruential generator of metrics.py, exact in doubles.
generated <- function(formula) {
  state <- formula$seed
  draw <- function() {
    state <<- (1664525 * state + 1013904223) %% 2^32
    state / 2^32
  }
  labels <- integer(formula$n)
  scores <- numeric(formula$n)
  for (image in seq_len(formula$n)) {
    label <- if (draw() < formula$prevalence) 1L else 0L
    first <- draw()
    second <- draw()
    labels[image] <- label
    scores[image] <- floor((first + label * second) / 2 * formula$steps) / formula$steps
  }
  list(labels = labels, scores = scores)
}

columns <- function(table) {
  if (!is.null(table$formula)) return(generated(table$formula))
  list(labels = as.integer(unlist(table$labels)), scores = as.numeric(unlist(table$probabilities)))
}

curve <- function(labels, scores) roc(labels, scores, levels = c(0, 1), direction = "<", quiet = TRUE)

# NULL where pROC refuses: a missing class.
figures <- function(labels, scores) {
  if (length(unique(labels)) < 2) return(NULL)
  one <- curve(labels, scores)
  several <- min(table(labels)) > 1
  bounds <- if (several) suppressWarnings(as.numeric(ci.auc(one, method = "delong"))) else c(NA, NA, NA)
  variance <- if (several) suppressWarnings(var(one, method = "delong")) else NA
  best <- coords(one, "best", best.method = "youden", ret = c("threshold", "sensitivity", "specificity"), transpose = FALSE)
  list(auc = as.numeric(auc(one)), low = bounds[1], high = bounds[3], variance = variance,
       youden = max(best$sensitivity + best$specificity - 1))
}

paired <- function(name, labels, first, second) {
  a <- curve(labels, first)
  b <- curve(labels, second)
  test <- roc.test(a, b, paired = TRUE, method = "delong")
  list(name = name, labels = labels, first = first, second = second,
       expected = list(difference = as.numeric(auc(a)) - as.numeric(auc(b)), z = as.numeric(test$statistic), pValue = test$p.value,
                       covariance = cov(a, b, method = "delong")))
}

set.seed(20260301)
of <- function(n, prevalence, separation, digits) {
  labels <- as.integer(runif(n) < prevalence)
  shared <- rnorm(n)
  score <- function(weight) round(plogis(weight * shared + rnorm(n) + separation * labels - separation / 2), digits)
  list(labels = labels, first = score(1), second = score(0.6))
}
own <- list(
  list(name = "200 images, no tie", data = of(200, 0.4, 1.2, 15)),
  list(name = "500 images, two decimals", data = of(500, 0.2, 1, 2)),
  list(name = "60 images, one decimal", data = of(60, 0.5, 0.5, 1)),
  list(name = "8 images", data = list(labels = c(1L, 0L, 1L, 0L, 1L, 0L, 0L, 1L), first = c(.9, .1, .8, .3, .35, .35, .2, .7), second = c(.4, .2, .9, .6, .5, .1, .3, .8))),
  list(name = "3,000 images", data = of(3000, 0.1, 1.5, 6))
)

band <- local({
  data <- of(160, 0.5, 1.2, 15)
  points <- c(0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
  intervals <- ci.se(curve(data$labels, data$first), specificities = 1 - points, boot.n = 20000, boot.stratified = TRUE, progress = "none")
  list(labels = data$labels, probabilities = data$first, fpr = points, low = intervals[, 1], high = intervals[, 3])
})

document <- list(
  pROC = as.character(packageVersion("pROC")),
  tables = lapply(tables$tables, function(table) {
    data <- columns(table)
    list(name = table$name, expected = figures(data$labels, data$scores))
  }),
  own = lapply(own, function(one) {
    list(name = one$name, labels = one$data$labels, probabilities = one$data$first, expected = figures(one$data$labels, one$data$first))
  }),
  paired = lapply(own, function(one) paired(one$name, one$data$labels, one$data$first, one$data$second)),
  band = band
)
write_json(document, file.path(root, "test/fixtures/evaluation/proc.json"), digits = NA, auto_unbox = TRUE, null = "null", na = "null")
