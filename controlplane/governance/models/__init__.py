"""What is proposed and decided, and the policies it is judged by."""
